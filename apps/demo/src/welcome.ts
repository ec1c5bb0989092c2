/** What the demo prints once it listens: where everything is, and lines to try. */
export function welcome(port: number, upstream: string | undefined): string {
  const origin = `http://localhost:${port}`;
  const state = upstream
    ? `The services run at ${upstream}.`
    : "The services run in this process; their state is in memory and gone when it ends.";
  return `
REST   ${origin}/v1/shelves
gRPC   localhost:${port} (plaintext: math.Cat, library.v1.LibraryService)
docs   ${origin}/docs

${state} Try:

  curl -X POST ${origin}/api/v1/math/sum -d '{"vals":[1,2,3]}'
  curl --http2-prior-knowledge ${origin}/v1/shelves/fiction/books/moby-dick
  curl -X PATCH ${origin}/v1/shelves/fiction/books/moby-dick -d '{"title":"Moby-Dick"}'
  curl -X POST ${origin}/v1/shelves/fiction/books/moby-dick:lend -d '{"reader":"ada"}'
  curl -X POST ${origin}/v1/shelves/science/books/origin-of-species:lend -d '{"reader":"ada"}'   # lent: 422
  curl "${origin}/v1/shelves/fiction:watch?maxEvents=1"

`;
}
