package peers

import (
	"bytes"
	"net/http"

	"github.com/gin-gonic/gin"
)

// newConstant answers everything with the same JSON, as large as a user: what
// gin and net/http cost by themselves.
func newConstant(options Options) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	body := constantBody(options.Size)
	answer := func(c *gin.Context) { c.Data(http.StatusOK, "application/json", body) }
	engine.GET("/users/:ref", answer)
	engine.PATCH("/users/:ref", answer)
	return engine
}

// constantBody is JSON of a size.
func constantBody(size int) []byte {
	const before, after = `{"id":"`, `"}`
	return []byte(before + string(bytes.Repeat([]byte("x"), max(size-len(before)-len(after), 0))) + after)
}
