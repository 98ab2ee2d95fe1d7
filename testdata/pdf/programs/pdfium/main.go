// Command pdfium fills the form in by PDFium, as Chromium does.
package main

import (
	"log"
	"os"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/structs"
	"github.com/klippa-app/go-pdfium/webassembly"
)

// The annotations of the page that are filled in, and the item to choose.
const (
	status  = 3
	comment = 4
	risky   = 4
)

func main() {
	if err := fill(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func fill(source, target string) error {
	pool, err := webassembly.Init(webassembly.Config{MinIdle: 1, MaxIdle: 1, MaxTotal: 1})
	if err != nil {
		return err
	}
	p, err := pool.GetInstance(time.Minute)
	if err != nil {
		return err
	}
	doc, err := p.OpenDocument(&requests.OpenDocument{FilePath: &source})
	if err != nil {
		return err
	}
	loaded, err := p.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: doc.Document})
	if err != nil {
		return err
	}
	form, err := p.FPDFDOC_InitFormFillEnvironment(&requests.FPDFDOC_InitFormFillEnvironment{
		Document: doc.Document, FormFillInfo: environment(loaded.Page)})
	if err != nil {
		return err
	}
	page := requests.Page{ByReference: &loaded.Page}
	if _, err := p.FORM_OnAfterLoadPage(&requests.FORM_OnAfterLoadPage{Page: page, FormHandle: form.FormHandle}); err != nil {
		return err
	}
	err = focused(p, page, form.FormHandle, status, func() error {
		_, err := p.FORM_SetIndexSelected(&requests.FORM_SetIndexSelected{FormHandle: form.FormHandle, Page: page, Index: risky, Selected: true})
		return err
	})
	if err != nil {
		return err
	}
	err = focused(p, page, form.FormHandle, comment, func() error {
		_, err := p.FORM_ReplaceSelection(&requests.FORM_ReplaceSelection{FormHandle: form.FormHandle, Page: page, Text: "First line é €\nВторая 😀"})
		return err
	})
	if err != nil {
		return err
	}
	_, err = p.FPDF_SaveAsCopy(&requests.FPDF_SaveAsCopy{Document: doc.Document, FilePath: &target})
	return err
}

// environment is what PDFium demands of a program that shows forms.
func environment(page references.FPDF_PAGE) structs.FPDF_FORMFILLINFO {
	return structs.FPDF_FORMFILLINFO{
		FFI_Invalidate:         func(references.FPDF_PAGE, float64, float64, float64, float64) {},
		FFI_SetCursor:          func(enums.FXCT) {},
		FFI_SetTimer:           func(int, func(int)) int { return 1 },
		FFI_OnChange:           func() {},
		FFI_KillTimer:          func(int) {},
		FFI_GetLocalTime:       func() structs.FPDF_SYSTEMTIME { return structs.FPDF_SYSTEMTIME{} },
		FFI_GetPage:            func(references.FPDF_DOCUMENT, int) *references.FPDF_PAGE { return &page },
		FFI_GetCurrentPage:     func(references.FPDF_DOCUMENT) *references.FPDF_PAGE { return &page },
		FFI_GetRotation:        func(references.FPDF_PAGE) enums.FPDF_PAGE_ROTATION { return 0 },
		FFI_ExecuteNamedAction: func(string) {},
		FFI_SetTextFieldFocus:  func(string, bool) {},
	}
}

// focused does something while an annotation has the focus.
func focused(p pdfium.Pdfium, page requests.Page, form references.FPDF_FORMHANDLE, index int, do func() error) error {
	annotation, err := p.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: page, Index: index})
	if err != nil {
		return err
	}
	if _, err := p.FORM_SetFocusedAnnot(&requests.FORM_SetFocusedAnnot{FormHandle: form, Annotation: annotation.Annotation}); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	_, err = p.FORM_ForceToKillFocus(&requests.FORM_ForceToKillFocus{FormHandle: form})
	return err
}
