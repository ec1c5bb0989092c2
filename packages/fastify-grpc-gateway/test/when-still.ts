/** The value of a counter once it has not grown for ten turns of 20 ms. */
export async function whenStill(read: () => number): Promise<number> {
  let last = read();
  for (let still = 0; still < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = read();
    still = now === last ? still + 1 : 0;
    last = now;
  }
  return last;
}
