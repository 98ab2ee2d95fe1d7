package pdf_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/parley-gateway/parley/codecs"
)

// at is a time of the user's record.
func at(name string, t time.Time) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.TimeValue(t)}
}

var made = time.Date(2026, 11, 23, 23, 13, 51, 0, time.UTC)

// record is that of a user of this name and comment.
func record(name, comment string) codecs.Record {
	return codecs.Record{
		text("id", "d4add56e-c345-4ac9-b392-7a890a60559a"), text("identifier", "ben"), text("name", name), text("email", "ben@delay.example"),
		text("user_type", "saas_admin"), text("status", "active"), text("review_comment", comment), text("workspace_type", "multi_user"),
		text("owner_id", "3fa85f64-5717-4562-b3fc-2c963f66afa6"), text("domain_name", "delay.example"),
		at("created_at", time.Date(2023, 5, 6, 0, 0, 0, 0, time.UTC)), at("updated_at", made.Add(397081*time.Microsecond)),
		text("created_by", "98d91cd7-860d-4869-937a-5af32eff2f4a"),
	}
}

// user is a page of a user without a form.
func user(name, comment string) codecs.Document {
	return codecs.Document{Name: "user", Record: record(name, comment), Page: codecs.Page{Title: name, Made: made, RequestID: "8f3a5e0c-1111-4222-8333-123456789abc"}}
}

// withForm gives a page the form that changes the status.
func withForm(doc codecs.Document) codecs.Document {
	doc.Page.Form = &codecs.Form{
		Action: "/users/ben", Submit: "Change status",
		Hidden: codecs.Record{text("_method", "PATCH"), text("_if_match", `"3-pdf"`), text("_idempotency_key", "00000000-0000-4000-8000-000000000002")},
		Controls: []codecs.Control{
			{Name: "status", Label: "Status", Value: "active", Options: []string{"active", "onboarding", "inactive", "suspended", "risky"}},
			{Name: "review_comment", Label: "Review comment", MaxLength: 4096},
		},
	}
	return doc
}

func problem() codecs.Document {
	return codecs.Document{
		Name: "problem",
		Record: codecs.Record{
			text("type", "/problems/invalid-fields"), text("title", "Invalid fields"), {Name: "status", Value: codecs.IntValue(422)},
			text("detail", "One field is at fault."), text("instance", "/users/ben"), text("request_id", "8f3a5e0c"),
			{Name: "errors", Value: codecs.ListValue(codecs.MapValue(codecs.Record{
				text("field", "status"), text("code", "unknown-value"), text("detail", `"banned" is none of the allowed values.`),
				{Name: "allowed", Value: codecs.TextsValue([]string{"active", "onboarding", "inactive", "suspended", "risky"})},
			}))},
		},
		Page: codecs.Page{
			Title: "422 Invalid fields", Made: made, RequestID: "8f3a5e0c",
			Text: "Each fault stands under errors with its field, a stable code and a sentence. Correct all of them; nothing was changed.",
		},
	}
}

// history is a list of so many status changes.
func history(n int) codecs.Listing {
	list := codecs.Listing{Name: "status_changes", Item: "status_change", Next: "bmV4dA", Page: codecs.Page{Title: "History of ben", Made: made, RequestID: "8f3a5e0c"}}
	comments := []string{"", "Abuse of the system.", "Checked again after a call with the owner of the workspace; nothing was found, and the partner agrees.", "проверено", "ok ✅"}
	for i := range n {
		list.Records = append(list.Records, codecs.Record{
			{Name: "seq", Value: codecs.IntValue(int64(n - i))}, text("user_id", "d4add56e-c345-4ac9-b392-7a890a60559a"), text("from_status", "active"), text("to_status", "suspended"),
			text("review_comment", comments[i%len(comments)]), text("changed_by", "98d91cd7-860d-4869-937a-5af32eff2f4a"), text("request_id", fmt.Sprintf("00000000-0000-4000-8000-%012d", i)),
			text("media_type", "application/json"), at("changed_at", made.Add(-time.Duration(i)*time.Hour)),
		})
	}
	return list
}

// users is a list of so many users.
func users(n int) codecs.Listing {
	list := codecs.Listing{Name: "users", Item: "user", Page: codecs.Page{Title: "Users", Made: made}}
	for i := range n {
		r := record(fmt.Sprintf("Benjamin Zhang %d", i), "")
		r[0] = text("id", fmt.Sprintf("d4add56e-c345-4ac9-b392-%012d", i))
		list.Records = append(list.Records, append(r[:6:6], r[7:]...))
	}
	return list
}

const (
	latin    = "Việt Nam, Łódź, Ærøskøbing, naïve café: “quoted” – 12 €"
	cyrillic = "Съешь же ещё этих мягких французских булок, да выпей чаю."
	arabic   = "تم تغيير حالة المستخدم إلى غير نشط بسبب إساءة الاستخدام (٣ مرات) في API v1."
	hebrew   = "המשתמש הושעה לאחר 3 אזהרות (ראו דוח ABC-12) עד להודעה חדשה."
	han      = "用户状态已更改为“停用”，原因是滥用系统。ユーザーの状態を変更しました。사용자 상태가 변경되었습니다."
	indic    = "उपयोगकर्ता की स्थिति क्षेत्रीय कार्यालय द्वारा बदली गई। பயனர் நிலை மாற்றப்பட்டது. ผู้ใช้ถูกระงับการใช้งานชั่วคราว"
	others   = "Ο χρήστης απενεργοποιήθηκε. მომხმარებელი შეჩერებულია. Օգտատերը կասեցված է։ ተጠቃሚው ታግዷል።"
	emojis   = "Looks fine 👍🏽 ✅ 🚀 👩‍💻 🇩🇪 ☎️ 3️⃣ ❤️"
	hostile  = "a\x00b\x1b[31m \u202eevil\u202c \u2066x\u2069 \ufeff\u00ad end\r\n) Tj ET endstream endobj <FEFF> \\( %%EOF \U0010ffff \ue000 zalgo: Z\u0351\u036b\u0343\u036a\u0302a\u0348\u030bl\u0334g\u0321o\u0337\n\ttab\u2028sep \U0001f9ff\U00012000"
)

var scripts = strings.Join([]string{latin, cyrillic, arabic, hebrew, han, indic, others, emojis}, "\n")
