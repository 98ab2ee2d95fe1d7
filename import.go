package parley

import "context"

// Import is users on their way into a store. It is for one goroutine, and ends
// with Close; nothing is in the store before Write.
type Import interface {
	// Add takes in a user, who has a workspace, and the place where the user was
	// found, to be told with what is wrong.
	Add(user NewUser, place string) error
	// SkipExisting leaves out the users whom the store has already, with the same
	// identifier, name, email, type and workspace, and counts them. No Add may
	// follow it.
	SkipExisting(ctx context.Context) (int64, error)
	// Check compares the users with each other and with the store, and tells every
	// fault. No Add may follow it.
	Check(ctx context.Context, tell func(place string, f Fault)) error
	// Write creates the users in the order in which they were added, at most so
	// many in one transaction, all of them for 0, and counts those that are on disk: after
	// an error these are the first ones, and after one with MayBeDone those of the next
	// transaction may be. In a store without workspaces it makes
	// the only one that users name. It tells its progress, of which the last part
	// may be undone. CodeTaken where the store has changed since Check,
	// CodeTooLarge, before anything is written, for more than one transaction can
	// hold.
	Write(ctx context.Context, perTransaction int64, progress func(users int64)) (int64, error)
	// Close forgets what was added.
	Close() error
}
