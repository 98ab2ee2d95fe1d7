//go:build !race

package main_test

var detector []string
