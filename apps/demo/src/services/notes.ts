import { Metadata, type ServerUnaryCall } from "@grpc/grpc-js";
import { throwingHandlers } from "fastify-grpc-errors";
import { Code, errorInfoDetail, StatusError } from "grpc-transcoding";
import { invalidField } from "./library-errors.ts";

/** library.v1.Note as proto-loader shapes it. */
interface Note {
  name: string;
  text: string;
  tags: string[];
  reader: string;
  language: string;
  etag: string;
  reads: number;
}

interface ListRequest {
  tags: string[];
  filter: { reader: string } | null;
}

type Call<Request> = Pick<ServerUnaryCall<Request, unknown>, "request" | "sendMetadata">;

/** The handlers of `library.v1.NoteService` (proto/library/v1/notes.proto). */
export function noteService(): ReturnType<typeof throwingHandlers> {
  const notes = new Map<string, Note>();
  let created = 0;

  function noteNamed(name: string): Note {
    const note = notes.get(name);
    if (note === undefined) throw noteError(Code.NOT_FOUND, "NOTE_NOT_FOUND", `no note ${name}`);
    return note;
  }

  function found({ tags, filter }: ListRequest): Note[] {
    return [...notes.values()]
      .filter((note) => tags.every((tag) => note.tags.includes(tag)))
      .filter(({ reader }) => !filter?.reader || filter.reader === reader);
  }

  return throwingHandlers({
    CreateNote(call: Call<{ note: Note | null; reader: string; language: string }>) {
      const { note, reader, language } = call.request;
      if (!note?.text) throw invalidField("note.text", "a note needs a text");
      created += 1;
      const made = { ...note, name: `notes/${created}`, reader, language, etag: "1", reads: 0 };
      notes.set(made.name, made);
      const cookies = new Metadata();
      cookies.add("set-cookie", `last-note=${created}; HttpOnly; SameSite=Lax`);
      call.sendMetadata(cookies);
      return made;
    },

    GetNote({ request }: Call<{ name: string }>) {
      const note = noteNamed(request.name);
      note.reads += 1;
      return note;
    },

    UpdateNote({ request }: Call<{ note: Note | null; updateMask: { paths: string[] } | null }>) {
      const { note: change, updateMask } = request;
      const note = noteNamed(change?.name ?? "");
      if (change?.etag !== `"${note.etag}"` && change?.etag !== note.etag) {
        throw noteError(Code.ABORTED, "NOTE_CHANGED", `${note.name} has changed`);
      }
      const paths = updateMask?.paths ?? [];
      if (paths.includes("text")) note.text = change.text;
      if (paths.includes("tags")) note.tags = change.tags;
      note.etag = String(Number(note.etag) + 1);
      return note;
    },

    DeleteNote({ request }: Call<{ name: string }>) {
      notes.delete(noteNamed(request.name).name);
      return {};
    },

    ListNotes({ request }: Call<ListRequest>) {
      const list = found(request);
      return { notes: list, totalSize: list.length };
    },

    ExportNotes({ request }: Call<ListRequest>) {
      const rows = found(request).map(({ name, text }) => `${name},${JSON.stringify(text)}\n`);
      return { contentType: "text/csv", data: Buffer.from(`name,text\n${rows.join("")}`) };
    },
  });
}

function noteError(code: Code, reason: string, message: string): StatusError {
  const domain = "library.example.com";
  return new StatusError(code, message, { details: [errorInfoDetail({ reason, domain })] });
}
