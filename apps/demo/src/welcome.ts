/** What the demo prints once it listens: where everything is, and lines to try. */
export function welcome(
  port: number,
  upstream: string | undefined,
  token: string,
  tenants: { readonly names: readonly string[]; readonly file: string },
): string {
  const origin = `http://localhost:${port}`;
  const state = upstream
    ? `The services run at ${upstream}.`
    : "The services run in this process; their state is in memory and gone when it ends.";
  return `
REST   ${origin}/v1/shelves
gRPC   localhost:${port} (plaintext: math.Cat, library.v1.LibraryService)
docs   ${origin}/docs
watch  ${origin}/watch   (what happens on a shelf, as it happens)

${state} Try:

  curl -X POST ${origin}/api/v1/math/sum -d '{"vals":[1,2,3]}'
  curl --http2-prior-knowledge ${origin}/v1/shelves/fiction/books/moby-dick
  curl -X PATCH ${origin}/v1/shelves/fiction/books/moby-dick -d '{"title":"Moby-Dick"}'
  curl -X POST ${origin}/v1/shelves/fiction/books/moby-dick:lend -d '{"reader":"ada"}'
  curl -X POST ${origin}/v1/shelves/science/books/origin-of-species:lend -d '{"reader":"ada"}'   # lent: 422

  curl -N "${origin}/v1/shelves/fiction:watch"                  # a line each; with -H "accept: text/event-stream" as events
  echo '{"book":{"title":"Emma"}} {"book":{"title":"Persuasion"}}' | curl -T - -X POST ${origin}/v1/shelves/fiction/books:bulkCreate
  node apps/demo/chat.mjs ada fiction ${origin}                 # and bob in another shell
  curl -N -T . -X POST ${origin}/v1/shelves/fiction:chat        # type {"reader":"eve","text":"hello"}
  curl -T cover.png -H "content-type: image/png" ${origin}/v1/shelves/fiction/books/moby-dick/cover
  curl -X DELETE ${origin}/v1/shelves/fiction/books/moby-dick -H "authorization: Bearer $TOKEN"   # without it: 401
  echo "ada@example.com,Ada Lovelace" | curl -F "file=@-;filename=users.csv" ${origin}/v1/groups/readers/users

TOKEN=${token}

Tenants, each an API of its own: ${tenants.names.join(", ")} (edit ${tenants.file} while this runs). Try:

  curl ${origin}/pay/v1/payments -d '{"amount":"1250","currency":"EUR","card":"tok_visa"}'
  curl -H "x-tenant-id: pay-core" ${origin}/v1/payments/1          # or by http://pay.localhost:${port}/v1/payments/1
  curl -H "x-tenant-key: key-of-risk-engine" ${origin}/pay/v1/payments/1    # another tenant's: 403
  curl ${origin}/risk/v1/assessments -d '{"amount":"990000","cardCountry":"DE","buyerCountry":"US"}'   # 12 at once: 429

`;
}
