package typeset

import (
	"iter"
	"slices"
)

// Line is a line of text.
type Line struct {
	Width       float32
	RightToLeft bool // it belongs to a paragraph that is
	text        *Text
	clusters    []cluster
	order       []int32 // of the clusters from left to right; nil for that of the text
}

// Clusters are those of a line from left to right.
func (l Line) Clusters() iter.Seq[Cluster] {
	return func(yield func(Cluster) bool) {
		for i := range l.clusters {
			if l.order != nil {
				i = int(l.order[i])
			}
			if !yield(l.text.cluster(&l.clusters[i])) {
				return
			}
		}
	}
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

// lineEnd is where the line ends that begins with a cluster: at the last of
// the best opportunities. Spaces at its end need no room.
func (t *Text) lineEnd(first, last int, width float32) int {
	var used float32
	var ends [freely + 1]int // by opportunity
	for i := first; i < last; i++ {
		c := &t.clusters[i]
		if i > first {
			ends[c.opportunity] = i
		}
		used += c.width
		if used > width && !c.space {
			for _, o := range []breaking{freely, afterSign, inNeed} {
				if ends[o] > first {
					return ends[o]
				}
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
	l := Line{text: t, clusters: t.clusters[first:end], RightToLeft: level%2 != 0}
	mixed := false
	for i := range l.clusters {
		l.Width += l.clusters[i].width
		mixed = mixed || l.clusters[i].level > 0
	}
	if mixed {
		l.order = reorder(l.clusters)
	}
	return l
}

// reorder reverses what is at least at a level, from the highest level down
// to the lowest odd one (UAX 9, rule L2). There is none above 2.
func reorder(clusters []cluster) []int32 {
	order := make([]int32, len(clusters))
	for i := range order {
		order[i] = int32(i)
	}
	for level := int8(2); level >= 1; level-- {
		for i := 0; i < len(order); {
			j := i
			for j < len(order) && clusters[order[j]].level >= level {
				j++
			}
			slices.Reverse(order[i:j])
			i = max(j, i+1)
		}
	}
	return order
}
