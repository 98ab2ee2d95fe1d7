package parley

// Status is where a user stands. The zero value is no status.
type Status string

const (
	StatusActive     Status = "active"
	StatusOnboarding Status = "onboarding"
	StatusInactive   Status = "inactive"
	StatusSuspended  Status = "suspended"
	StatusRisky      Status = "risky"
)

// Statuses lists every status, in the order in which people are shown them.
var Statuses = []Status{StatusActive, StatusOnboarding, StatusInactive, StatusSuspended, StatusRisky}
