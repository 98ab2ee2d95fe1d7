//go:build race

package main_test

// detector makes the program that is tested look for races as well.
var detector = []string{"-race"}
