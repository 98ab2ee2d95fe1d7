package typeset

import "slices"

// Line is a line of text.
type Line struct {
	Clusters    []Cluster // from left to right
	Width       float32
	RightToLeft bool // it belongs to a paragraph that is
}

// Lines breaks text into lines no wider than width, where a cluster is not
// wider by itself (UAX 14; in need, between any two graphemes). There is at
// least one.
func (t *Text) Lines(width float32) []Line {
	lines := make([]Line, 0, len(t.paragraphs))
	for _, p := range t.paragraphs {
		for first := p.first; ; {
			end := t.lineEnd(first, p.end, width)
			lines = append(lines, t.line(first, end, p.level))
			if end == p.end {
				break
			}
			first = end
		}
	}
	return lines
}

// lineEnd is where the line ends that begins with a cluster. Spaces at its end
// need no room.
func (t *Text) lineEnd(first, last int, width float32) int {
	var used float32
	free, need := first, first
	for i := first; i < last; i++ {
		c := &t.clusters[i]
		if i > first && c.opportunity == freely {
			free = i
		}
		if i > first && c.opportunity != never {
			need = i
		}
		used += c.width
		if used > width && !c.space {
			if free > first {
				return free
			}
			if need > first {
				return need
			}
		}
	}
	return last
}

// line orders the clusters of a line for the eye, without the spaces at its end.
func (t *Text) line(first, end int, level int8) Line {
	for end > first && t.clusters[end-1].space {
		end--
	}
	l := Line{Clusters: make([]Cluster, 0, end-first), RightToLeft: level%2 != 0}
	levels := make([]int8, 0, end-first)
	for i := first; i < end; i++ {
		c := &t.clusters[i]
		l.Clusters = append(l.Clusters, t.cluster(c))
		l.Width += c.width
		levels = append(levels, c.level)
	}
	reorder(l.Clusters, levels)
	return l
}

// reorder reverses what is at least at a level, from the highest level down
// to the lowest odd one (UAX 9, rule L2). There is none above 2.
func reorder(clusters []Cluster, levels []int8) {
	for level := int8(2); level >= 1; level-- {
		for i := 0; i < len(levels); {
			j := i
			for j < len(levels) && levels[j] >= level {
				j++
			}
			slices.Reverse(clusters[i:j])
			slices.Reverse(levels[i:j])
			i = max(j, i+1)
		}
	}
}
