package parley

// Names turns the values of an enumeration into plain strings.
func Names[S ~string](values []S) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	return names
}
