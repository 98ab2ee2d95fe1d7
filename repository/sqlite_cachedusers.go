package repository

import "github.com/parley-gateway/parley"

// cachedUsers are the users that a cache remembers, by what they were asked for.
type cachedUsers struct {
	byRef map[string]*cachedUser
	byKey map[int64]*cachedUser
}

type cachedUser struct {
	key  int64
	user parley.User
}

func newCachedUsers() cachedUsers {
	return cachedUsers{byRef: make(map[string]*cachedUser), byKey: make(map[int64]*cachedUser)}
}

func (u cachedUsers) find(ref string) (parley.User, bool) {
	known, ok := u.byRef[ref]
	if !ok {
		return parley.User{}, false
	}
	return known.user, true
}

// keep remembers a user for a ref that is nobody else's, whoever asks: an id as it
// is kept, or an identifier that cannot be an id.
func (u cachedUsers) keep(ref string, row userRow) {
	if ref != row.ID && (ref != row.Identifier || isID(ref)) {
		return
	}
	known := u.byKey[row.PK]
	if known == nil {
		u.makeRoom()
		known = &cachedUser{row.PK, row.user()}
		u.byKey[row.PK] = known
	}
	u.byRef[ref] = known
}

// makeRoom forgets anyone where the bound is reached.
func (u cachedUsers) makeRoom() {
	if len(u.byKey) < maxUsers {
		return
	}
	for key := range u.byKey {
		u.forget(key)
		return
	}
}

func (u cachedUsers) forget(key int64) {
	known := u.byKey[key]
	if known == nil {
		return
	}
	delete(u.byKey, key)
	delete(u.byRef, known.user.ID)
	delete(u.byRef, known.user.Identifier)
}
