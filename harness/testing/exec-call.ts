import {createHash} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';

const out = 1;
const err = 2;
const status = 3;

/** The server's end of an exec: a WebSocket with the channels of v5.channel.k8s.io. */
export class ExecCall {
  readonly container: string;
  readonly command: readonly string[];
  readonly #key: string;
  readonly #socket: Duplex;
  #isOpen = false;

  constructor(request: IncomingMessage, socket: Duplex) {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    this.container = query.get('container') ?? '';
    this.command = query.getAll('command');
    this.#key = request.headers['sec-websocket-key'] ?? '';
    this.#socket = socket.on('error', () => undefined);
  }

  /** Opens the WebSocket; until then the client waits. */
  open(): this {
    if (this.#isOpen) return this;
    this.#isOpen = true;
    const accept = createHash('sha1').update(`${this.#key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    this.#socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Protocol: v5.channel.k8s.io\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    return this;
  }

  print(bytes: Buffer): this {
    this.#socket.write(frame(out, bytes));
    return this;
  }

  succeed(printed: string): void {
    this.open().print(Buffer.from(printed));
    this.#socket.write(frame(status, Buffer.from(JSON.stringify({status: 'Success'}))));
  }

  fail(message: string, printed: string): void {
    this.open();
    this.#socket.write(frame(err, Buffer.from(printed)));
    this.#socket.write(frame(status, Buffer.from(JSON.stringify({status: 'Failure', message}))));
  }

  /** Breaks the connection without a status. */
  die(): void {
    this.#socket.destroy();
  }
}

function frame(channel: number, bytes: Buffer): Buffer {
  const payload = Buffer.concat([Buffer.of(channel), bytes]);
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.of(0x82, ...length), payload]);
}
