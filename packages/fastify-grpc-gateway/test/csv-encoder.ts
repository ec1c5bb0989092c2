import type { StreamEncoder } from "grpc-transcoding";

/** A stream encoder as an app may bring it: the names of the messages, one a line. */
export const csv: StreamEncoder = {
  name: "csv",
  contentType: "text/csv; charset=utf-8",
  mediaTypes: ["application/csv"],
  start: () => "name\r\n",
  message: (json) => Buffer.from(`${JSON.parse(json.toString()).name}\r\n`),
  error: (body) => `# ${JSON.parse(body).message}\r\n`,
  end: (count) => `# ${count}\r\n`,
};
