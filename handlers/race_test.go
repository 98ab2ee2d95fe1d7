//go:build race

package handlers_test

// forgotten is how many allocations the race detector adds: pools forget at
// random under it.
const forgotten = 8

// padding is how many times as much memory the race detector takes.
const padding = 2
