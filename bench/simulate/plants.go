package simulate

import "time"

// Between machines of one place, and for a commit that waits for the disk of a standby
// too. Neither was measured here.
const (
	betweenMachines = 500 * time.Microsecond
	standbySync     = 2 * time.Millisecond
)

// Plants are those of docs/scale.md, with machines apart.
func Plants() []Plant {
	var plants []Plant
	for _, p := range []struct{ gateways, cores, databaseCores, connections int }{
		{1, 4, 8, 64},
		{1, 4, 8, 512},
		{2, 4, 8, 512},
		{4, 4, 16, 1024},
		{8, 4, 32, 4096},
		{16, 8, 64, 8192},
	} {
		plants = append(plants, Plant{
			Connections: p.connections, Gateways: p.gateways, GatewayCores: p.cores, DatabaseCores: p.databaseCores,
			RoundTrip: betweenMachines, Batch: batchLength,
		})
	}
	return plants
}
