import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { printed, startProgram } from "../demo-process.ts";

test("the demo prints a token, without which nobody deletes a book, by REST or native gRPC", async (t) => {
  const demo = startProgram(t, "main", { PORT: "0" });
  const [, port = "", token = ""] = await printed(
    demo,
    /docs {3}http:\/\/localhost:(\d+)\/docs.*^TOKEN=(\S+)$/ms,
  );
  const book = `http://localhost:${port}/v1/shelves/fiction/books/moby-dick`;
  const client = new Client(`localhost:${port}`, credentials.createInsecure());
  t.after(() => client.close());
  const deleteNatively = (metadata: Metadata): Promise<number> =>
    new Promise((resolve) => {
      const bytes = (buffer: Buffer): Buffer => buffer;
      const name = Buffer.from("\x0a\x10no-such/such/thi");
      const done = (error: ServiceError | null): void => resolve(error?.code ?? 0);
      const path = "/library.v1.LibraryService/DeleteBook";
      client.makeUnaryRequest(path, bytes, bytes, name, metadata, done);
    });
  const bearing = new Metadata();
  bearing.set("authorization", `Bearer ${token}`);
  assert.equal(await deleteNatively(new Metadata()), 16);
  // The service answers.
  assert.notEqual(await deleteNatively(bearing), 16);

  const refused = await fetch(book, { method: "DELETE" });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get("www-authenticate"), "Bearer");
  assert.equal((await fetch(book)).status, 200);
  const deleted = await fetch(book, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(deleted.status, 200);
  assert.equal((await fetch(book)).status, 404);
});
