// Asks one address over kept connections for some seconds: `node load.mjs URL CONNECTIONS SECONDS BODIES.json`. Prints
// requests per second and latencies. A process of its own, so that servers of all kinds are asked by the same.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const [url, connections, seconds, bodies] = process.argv.slice(2);
const texts = JSON.parse(readFileSync(bodies, 'utf8'));
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const { hostname, port, pathname } = new URL(url);

function ask(body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ hostname, port, path: pathname, method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.on('data', (data) => (text += data));
      response.on('end', () =>
        response.statusCode === 200
          ? resolve(text)
          : reject(new Error(`${response.statusCode}: ${text.slice(0, 200)}`)),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const answer = await ask(texts[0]);
const times = [];
let asked = 1;
async function caller(i, end) {
  for (let k = i; performance.now() < end; k++) {
    const startedAt = performance.now();
    await ask(texts[k % texts.length]);
    asked += 1;
    times.push(performance.now() - startedAt);
  }
}
const round = async (duration) => {
  times.length = 0;
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: Number(connections) }, (_, i) => caller(i * 7, startedAt + duration * 1000)));
  return (performance.now() - startedAt) / 1000;
};
await round(Math.min(0.5, Number(seconds)));
const took = await round(Number(seconds));
times.sort((a, b) => a - b);
const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))];
console.log(
  JSON.stringify({ perSecond: times.length / took, p50: at(0.5), p99: at(0.99), asked, answer: answer.slice(0, 300) }),
);
agent.destroy();
