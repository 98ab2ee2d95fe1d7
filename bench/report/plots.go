package report

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Plot writes the plots to a folder.
func (r Results) Plot(folder string) error {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	for name, panels := range map[string][2]*plot.Plot{
		"performance-connections.svg": {r.plotConnections(http.MethodPatch), r.plotConnections(http.MethodGet)},
		"performance-latency.svg":     {r.plotLatency(http.MethodPatch), r.plotLatency(http.MethodGet)},
		"performance-users.svg":       {r.plotUsers(http.MethodPatch), r.plotUsers(http.MethodGet)},
	} {
		if err := save(filepath.Join(folder, name), panels); err != nil {
			return err
		}
	}
	return nil
}

func (r Results) plotConnections(method string) *plot.Plot {
	p := newPlot(method+", closed loop", "connections", "requests per second")
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, ticksAt(r.values(Connections, func(k Key) int { return k.Connections }))
	for _, peer := range Peers {
		if peer == Constant && method == http.MethodPatch {
			continue // it changes nothing, and would press all others to the floor
		}
		var points plotter.XYs
		for _, key := range r.keys(Connections, peer, method) {
			points = append(points, plotter.XY{X: float64(key.Connections), Y: r.find(key).PerSecond})
		}
		addLine(p, peer, points, colors[peer], solid)
	}
	fromZero(p)
	return p
}

func (r Results) plotLatency(method string) *plot.Plot {
	p := newPlot(method+", open loop, latency from when a request was due", "offered requests per second", "milliseconds")
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	for _, peer := range Peers {
		var p50, p99 plotter.XYs
		for _, key := range r.keys(Latency, peer, method) {
			s := r.find(key)
			p50 = append(p50, plotter.XY{X: s.Offered, Y: milliseconds(s.P50)})
			p99 = append(p99, plotter.XY{X: s.Offered, Y: milliseconds(s.P99)})
		}
		addLine(p, peer+" p99", p99, colors[peer], solid)
		addLine(p, peer+" p50", p50, colors[peer], dashed)
	}
	wholeDecades(&p.X, 1)
	wholeDecades(&p.Y, 10)
	return p
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (r Results) plotUsers(method string) *plot.Plot {
	p := newPlot(fmt.Sprintf("%s over %d connections", method, Busy), "users in the database", "microseconds for each request")
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, ticksAt(r.values(Users, func(k Key) int { return k.Users }))
	var all, cpu plotter.XYs
	for _, key := range r.keys(Users, Parley, method) {
		s := r.find(key)
		all = append(all, plotter.XY{X: float64(key.Users), Y: 1e6 * ratio(1, s.PerSecond)})
		cpu = append(cpu, plotter.XY{X: float64(key.Users), Y: float64(s.ServerCPU) / float64(time.Microsecond)})
	}
	addLine(p, "time (1 / throughput)", all, colors[Parley], solid)
	addLine(p, "processor time of the server", cpu, colors[Parley], dashed)
	fromZero(p)
	return p
}

// keys are those of a peer and a method in a section.
func (r Results) keys(section, peer, method string) []Key {
	var keys []Key
	for _, key := range r.section(section) {
		if key.Peer == peer && key.Method == method {
			keys = append(keys, key)
		}
	}
	return keys
}

// values are the different values of a key in a section.
func (r Results) values(section string, value func(Key) int) []int {
	var values []int
	seen := map[int]bool{}
	for _, key := range r.section(section) {
		if n := value(key); !seen[n] {
			seen[n] = true
			values = append(values, n)
		}
	}
	return values
}

var (
	solid  []vg.Length
	dashed = []vg.Length{vg.Points(5), vg.Points(4)}
)

// colors are told apart by people who are blind to some (Okabe and Ito).
var colors = map[string]color.Color{
	Parley:     color.RGBA{R: 0x00, G: 0x72, B: 0xb2, A: 0xff},
	Plain:      color.RGBA{R: 0xd5, G: 0x5e, B: 0x00, A: 0xff},
	PocketBase: color.RGBA{R: 0x00, G: 0x9e, B: 0x73, A: 0xff},
	Constant:   color.RGBA{R: 0x66, G: 0x66, B: 0x66, A: 0xff},
}

func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.White // readable on a dark page too
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding = vg.Points(8)
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.Padding = vg.Points(2)
	p.Add(plotter.NewGrid())
	return p
}

// addLine adds a line where there are points for it.
func addLine(p *plot.Plot, name string, points plotter.XYs, c color.Color, dashes []vg.Length) {
	if len(points) == 0 {
		return
	}
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil {
		panic(err) // a point that is no number: every one of them was measured
	}
	line.Color, line.Width, line.Dashes = c, vg.Points(1.5), dashes
	dots.Color, dots.Shape = c, draw.CircleGlyph{}
	p.Add(line, dots)
	p.Legend.Add(name, line)
}

// fromZero shows how large the values are and not only how they differ, and
// leaves room for the legend above them.
func fromZero(p *plot.Plot) {
	p.Y.Min = 0
	p.Y.Max *= 1.4
}

// wholeDecades lets a logarithmic axis begin and end at powers of ten, times
// room at its end for the legend.
func wholeDecades(axis *plot.Axis, room float64) {
	axis.Min = math.Pow(10, math.Floor(math.Log10(axis.Min)))
	axis.Max = math.Pow(10, math.Ceil(math.Log10(axis.Max))) * room
}

func ticksAt(values []int) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for _, n := range values {
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: count(n)})
	}
	return ticks
}

// save draws two plots beside each other.
func save(path string, panels [2]*plot.Plot) error {
	const width, height = 26 * vg.Centimeter, 10 * vg.Centimeter
	canvas := vgsvg.New(width, height)
	tiles := draw.Tiles{Rows: 1, Cols: 2, PadX: vg.Points(16), PadTop: vg.Points(6), PadBottom: vg.Points(6), PadLeft: vg.Points(6), PadRight: vg.Points(14)}
	whole := draw.New(canvas)
	whole.SetColor(color.White)
	whole.Fill(whole.Path())
	for i, panel := range panels {
		panel.Draw(tiles.At(whole, i, 0))
	}
	var svg bytes.Buffer
	if _, err := canvas.WriteTo(&svg); err != nil {
		return err
	}
	// Who lacks the font that the text was measured with gets one as wide.
	text := bytes.ReplaceAll(svg.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:Liberation Sans,Arial,sans-serif"))
	return os.WriteFile(path, text, 0o644)
}
