import type { ServerDuplexStream } from "@grpc/grpc-js";
import { throwingHandlers } from "fastify-grpc-errors";
import { readsTooSlowly } from "./library-errors.ts";
import { type LibraryStore, now, type Timestamp } from "./library-store.ts";
import { shelfNamed } from "./shelf-books.ts";

/** library.v1.ChatMessage as proto-loader shapes it. */
interface ChatMessage {
  shelf: string;
  reader: string;
  text: string;
  sendTime: Timestamp | null;
}

type ChatCall = ServerDuplexStream<ChatMessage, ChatMessage>;

/** How many messages may wait for one who reads slowly. */
const MAX_WAITING = 100;

/** The handler of `library.v1.LibraryService.Chat`: what one says at a shelf goes to all who are there. */
export function chat(store: LibraryStore): ReturnType<typeof throwingHandlers> {
  const shelves = new Map<string, Set<ChatCall>>();

  const join = (call: ChatCall, { shelf }: ChatMessage): Set<ChatCall> => {
    const present = shelves.get(shelfNamed(store, shelf).name) ?? new Set();
    shelves.set(shelf, present.add(call));
    const leave = (): void => {
      present.delete(call);
      if (present.size === 0) shelves.delete(shelf);
    };
    call.on("cancelled", leave).on("end", leave).on("error", leave);
    return present;
  };

  return throwingHandlers({
    Chat(call: ChatCall) {
      let present: Set<ChatCall> | undefined;
      call.on("data", (message: ChatMessage) => {
        try {
          present ??= join(call, message);
        } catch (error) {
          call.emit("error", error);
          return;
        }
        const said = { ...message, sendTime: now() };
        for (const other of present) {
          if (other.writableLength >= MAX_WAITING) other.emit("error", readsTooSlowly());
          else if (!other.write(said) && other === call) {
            // Who does not hear their own words is not listened to either.
            call.pause();
            call.once("drain", () => call.resume());
          }
        }
      });
      call.on("end", () => call.end());
    },
  });
}
