package handlers

// Compress is what the tests over HTTP share with those of this package.
var Compress = compress
