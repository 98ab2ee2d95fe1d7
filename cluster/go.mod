module github.com/parley-gateway/parley/cluster

go 1.26.0
