/** Has a server speak web sockets: each short frame is sent back as it came, unmasked. This is put before an application's program. */
globalThis.echoWebSockets = (server) => {
  const { createHash } = require('node:crypto');
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on('data', ([first, length, ...rest]) => {
      const mask = rest.slice(0, 4);
      const text = rest.slice(4).map((byte, i) => byte ^ mask[i % 4]);
      socket.write(Buffer.from([first, length & 0x7f, ...text]));
    });
    socket.on('error', () => {});
  });
};
