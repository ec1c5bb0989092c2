/** The text of a response as far as it came: one that fails after its start breaks off. */
export async function sentText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of body ?? [])
      text += decoder.decode(chunk as Uint8Array, { stream: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return text;
}
