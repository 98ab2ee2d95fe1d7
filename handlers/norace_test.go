//go:build !race

package handlers_test

const (
	forgotten = 0
	padding   = 1
)
