package handlers

import (
	"fmt"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/parley-gateway/parley"
)

// Rates bound how often somebody may ask. A zero Rate is none.
type Rates struct {
	Token       Rate // of requests with one token, or in the sessions that it began
	Address     Rate // of requests from one address
	WrongTokens Rate // of tokens and sessions from one address that are not valid
}

// Rate is a bucket of tokens: Requests may come at once, and each comes back
// after its share of Window.
type Rate struct {
	Requests int
	Window   time.Duration // whole seconds
}

// share is the time after which one request more may come. It is rounded down
// where the window cannot be divided.
func (r Rate) share() time.Duration { return r.Window / time.Duration(r.Requests) }

// maxMetered is how many callers a meter knows at most, in each of its two
// halves. Who is forgotten begins anew.
const maxMetered = 1 << 16

// meter counts the requests of each caller K against one rate. It needs one time
// for each: that at which the bucket is whole again. Those not seen for a window
// have a whole one, and are forgotten.
type meter[K comparable] struct {
	name string
	what string // is counted, for a sentence: "requests with this token"
	rate Rate

	mu     sync.Mutex
	whole  map[K]time.Time
	before map[K]time.Time // of those who were not seen since began
	began  time.Time
}

// newMeter makes a meter, nil for a rate that is none.
func newMeter[K comparable](name, what string, rate Rate) *meter[K] {
	if rate.Requests == 0 {
		return nil
	}
	return &meter[K]{name: name, what: what, rate: rate, whole: map[K]time.Time{}}
}

// standing is how a caller stands with a rate.
type standing struct {
	left  int           // requests that may come now
	whole time.Duration // until all may
	wait  time.Duration // until the one that was refused may come; 0 where none was
}

// take counts a request that comes now, unless it is one too many.
func (m *meter[K]) take(caller K, now time.Time) standing {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(now)
	share := m.rate.share()
	most := share * time.Duration(m.rate.Requests)
	whole := max(m.wholeAt(caller).Sub(now), 0)
	if whole+share > most {
		return standing{whole: whole, wait: whole + share - most}
	}
	whole += share
	m.whole[caller] = now.Add(whole)
	return standing{left: int((most - whole) / share), whole: whole}
}

// forget drops those who were not seen for a window, or long ago where there are
// too many.
func (m *meter[K]) forget(now time.Time) {
	if now.Sub(m.began) < m.rate.Window && len(m.whole) < maxMetered {
		return
	}
	m.before, m.whole, m.began = m.whole, map[K]time.Time{}, now
}

func (m *meter[K]) wholeAt(caller K) time.Time {
	if at, ok := m.whole[caller]; ok {
		return at
	}
	return m.before[caller]
}

// count takes a request of this exchange from a rate, tells how the caller stands
// with it, and refuses one too many. It is 429 with Retry-After (RFC 6585 section
// 4); the fields are those of draft-ietf-httpapi-ratelimit-headers-10, where t is
// the time until the whole quota is there again.
func count[K comparable](x *exchange, m *meter[K], caller K) error {
	if m == nil {
		return nil
	}
	s := m.take(caller, x.Now())
	window := int(m.rate.Window / time.Second)
	x.addMember("Ratelimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", m.name, m.rate.Requests, window))
	x.addMember("Ratelimit", fmt.Sprintf("%q;r=%d;t=%d", m.name, s.left, seconds(s.whole)))
	if s.wait == 0 {
		return nil
	}
	x.header("Retry-After", strconv.Itoa(seconds(s.wait)))
	return parley.NewError(parley.CodeRateLimited,
		fmt.Sprintf("There were more than %d %s in %d seconds.", m.rate.Requests, m.what, window))
}

// seconds is a time in whole ones, rounded up.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// addMember adds a member to a field of the answer that is a list.
func (x *exchange) addMember(name, member string) {
	if before := x.c.Writer.Header()[name]; len(before) > 0 {
		member = before[0] + ", " + member
	}
	x.header(name, member)
}

// meters are the rates that are in force; those that are not are nil.
type meters struct {
	token       *meter[string]
	address     *meter[netip.Addr]
	wrongTokens *meter[netip.Addr]
}

func newMeters(r Rates) meters {
	return meters{
		token:       newMeter[string]("token", "requests with this token", r.Token),
		address:     newMeter[netip.Addr]("address", "requests from this address", r.Address),
		wrongTokens: newMeter[netip.Addr]("wrong-tokens", "wrong tokens from this address", r.WrongTokens),
	}
}

func (x *exchange) checkAddressRate() error {
	if x.meters.address == nil {
		return nil
	}
	return count(x, x.meters.address, origin(x.c))
}

func (x *exchange) checkTokenRate() error {
	if x.caller.Token == "" {
		return nil
	}
	return count(x, x.meters.token, x.caller.Token)
}

// chargeWrongToken counts a token or a session that is not valid. One that is
// stays so for its address, however many were not: many people can have one
// address, and a token cannot be guessed.
func (x *exchange) chargeWrongToken() error {
	if x.meters.wrongTokens == nil {
		return nil
	}
	return count(x, x.meters.wrongTokens, origin(x.c))
}

// origin is the network that a request comes from. What has no address has the zero
// one.
func origin(c *gin.Context) netip.Addr {
	address, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		return netip.Addr{}
	}
	return NetworkOf(address)
}
