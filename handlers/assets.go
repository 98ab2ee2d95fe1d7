package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/parley-gateway/parley/handlers/pages"
)

// keptField lets anybody keep what never changes under its name.
var keptField = []string{"public, max-age=31536000, immutable"}

// mountAssets serves what pages are made of. It is the same for everybody, and
// not negotiated.
func (a *api) mountAssets(engine *gin.Engine) {
	for _, asset := range pages.Assets() {
		serve := func(c *gin.Context) {
			c.Writer.Header()["Cache-Control"] = keptField
			c.Data(http.StatusOK, asset.Type, asset.Body)
		}
		engine.GET(asset.Path, serve)
		engine.HEAD(asset.Path, serve)
	}
}
