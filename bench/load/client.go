package load

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"time"
)

// patience is how long a connection waits for one answer.
const patience = 60 * time.Second

// client is one connection and what it sends.
type client struct {
	conn      net.Conn
	in        *bufio.Reader
	templates []template
	next      int
	ids       IDs
	users     uint32
	random    *rand.Rand
}

func dial(job Job, number int) (*client, error) {
	addr := job.Addrs[number%len(job.Addrs)]
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &client{
		conn:   conn,
		in:     bufio.NewReaderSize(conn, 16<<10),
		next:   number,
		ids:    job.IDs,
		users:  uint32(job.Users),
		random: rand.New(rand.NewPCG(uint64(number), 1)),
	}
	for _, r := range job.Requests {
		c.templates = append(c.templates, r.template(addr, job.IDs))
	}
	return c, conn.SetDeadline(time.Now().Add(job.Warmup + 2*job.Duration + patience))
}

// exchange sends one request and reads its answer.
func (c *client) exchange() error {
	t := c.templates[c.next%len(c.templates)]
	c.next++
	if len(t.id) > 0 {
		c.ids.Write(t.id, 1+c.random.Uint32N(c.users))
	}
	if _, err := c.conn.Write(t.bytes); err != nil {
		return err
	}
	if err := readResponse(c.in); err != nil {
		return fmt.Errorf("%.80q: %w", t.bytes, err)
	}
	return nil
}
