// @ts-check
// Runs inside VS Code's server, before it. A window seals its SecretStorage with a key of which the server keeps one
// half: it asks by POST /mint-key. The program that usually stands around this server answers that; it is not part of
// our host, and without an answer every window would lose its secrets at each reload.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Server } from 'node:http';
import path from 'node:path';

const directory = process.argv[process.argv.indexOf('--server-data-dir') + 1] ?? '.';
const file = path.join(directory, 'key-half');

function keyHalf() {
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, randomBytes(32), { mode: 0o600 });
  }
  return readFileSync(file);
}

const emit = Server.prototype.emit;
Server.prototype.emit = function (/** @type {string} */ event, /** @type {any[]} */ ...args) {
  const [request, response] = args;
  if (event === 'request' && request.method === 'POST' && request.url === '/mint-key') {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(keyHalf());
    return true;
  }
  return Reflect.apply(emit, this, [event, ...args]);
};
