// Package repository keeps what Parley knows: it implements parley.Store.
//
// Open chooses the engine by the name of the database. What a method promises
// stands with parley.Store; here stands only what is SQLite's own.
package repository
