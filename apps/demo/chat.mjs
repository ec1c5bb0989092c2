// Talks at a shelf of the demo, by one request that streams both ways:
//   node apps/demo/chat.mjs ada [fiction] [http://localhost:8080]
import { connect } from "node:http2";
import { createInterface } from "node:readline";

const [reader, shelf = "fiction", origin = "http://localhost:8080"] = process.argv.slice(2);
if (reader === undefined) throw new Error("say who you are: node apps/demo/chat.mjs ada");

const session = connect(origin);
const chat = session.request({
  ":method": "POST",
  ":path": `/v1/shelves/${encodeURIComponent(shelf)}:chat`,
  "content-type": "application/x-ndjson",
});
const say = (text) => chat.write(`${JSON.stringify({ reader, text })}\n`);

say("is here");
createInterface({ input: process.stdin })
  .on("line", say)
  .on("close", () => chat.end());

createInterface({ input: chat }).on("line", (line) => {
  const { reader, text, error, message } = JSON.parse(line);
  if (text !== undefined) console.log(`${reader}: ${text}`);
  else console.error(error?.message ?? message);
});

for (const source of [session, chat]) {
  source.on("error", ({ message }) => {
    console.error(message);
    process.exitCode = 1;
  });
}
chat.on("close", () => session.close());
