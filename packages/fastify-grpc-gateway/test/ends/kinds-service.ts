import { fileURLToPath } from "node:url";
import type {
  Server,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from "@grpc/grpc-js";
import { createServer } from "fastify-grpc-gateway";
import { type Behaviour, failCode, HandledCalls } from "./handled-calls.ts";

export const kindsProto: string = fileURLToPath(new URL("./proto", import.meta.url));

interface Wish {
  readonly behaviour: Behaviour;
}
interface Note {
  readonly text: string;
}

const note: Note = { text: "one" };
const failure = { code: failCode, details: "no" };

/** Handlers of ends.v1.Ends, one for each kind of call. Those that stream answer a message before they hold their call. */
export class KindsService extends HandledCalls {
  readonly server: Promise<Server> = createServer({
    proto: kindsProto,
    services: {
      "ends.v1.Ends": {
        Unary: (call: ServerUnaryCall<Wish, Note>, respond: sendUnaryData<Note>) => {
          const { behaviour } = call.request;
          const finish = this.begin(call, () => answer(behaviour, respond));
          if (behaviour !== "hold") finish();
        },
        ServerStream: (call: ServerWritableStream<Wish, Note>) => {
          const { behaviour } = call.request;
          const finish = this.begin(call, () => end(behaviour, call));
          call.write(note);
          if (behaviour !== "hold") finish();
        },
        ClientStream: (call: ServerReadableStream<Wish, Note>, respond: sendUnaryData<Note>) => {
          call.on("error", ignore).once("data", ({ behaviour }: Wish) => {
            const finish = this.begin(call, () => answer(behaviour, respond));
            if (behaviour !== "hold") finish();
          });
        },
        Bidi: (call: ServerDuplexStream<Wish, Note>) => {
          call.on("error", ignore).once("data", ({ behaviour }: Wish) => {
            const finish = this.begin(call, () => end(behaviour, call));
            call.write(note);
            if (behaviour !== "hold") finish();
          });
        },
      },
    },
  });
}

function answer(behaviour: Behaviour, respond: sendUnaryData<Note>): void {
  if (behaviour === "error") respond(failure);
  else respond(null, note);
}

function end(
  behaviour: Behaviour,
  call: ServerWritableStream<Wish, Note> | ServerDuplexStream<Wish, Note>,
): void {
  if (behaviour === "error") call.emit("error", failure);
  else call.end();
}

function ignore(): void {}
