// Package parley says what Parley is about: users, the changes of their
// status, and who may make them.
//
// It knows nothing of formats, databases or HTTP. The packages around it
// talk to each other in its terms.
package parley
