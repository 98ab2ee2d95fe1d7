// Package suites holds Parley against what others wrote: third-party suites of
// its formats, and other parsers of the same documents. It is a module of its
// own, so that none of them is a dependency of Parley. README.md lists them.
package suites
