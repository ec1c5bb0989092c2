/** C's `printf("%.<digits>g")`, which is how protoc prints floating point defaults. */
function formatG(value: number, digits: number): string {
  const [mantissa = "0", exponentText = "0"] = value.toExponential(digits - 1).split("e");
  const exponent = Number(exponentText);
  const trim = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (exponent < -4 || exponent >= digits) {
    const magnitude = String(Math.abs(exponent)).padStart(2, "0");
    return `${trim(mantissa)}e${exponent < 0 ? "-" : "+"}${magnitude}`;
  }
  return trim(value.toFixed(digits - 1 - exponent));
}

function formatSpecial(value: number): string | undefined {
  if (Number.isNaN(value)) return "nan";
  if (value === Number.POSITIVE_INFINITY) return "inf";
  if (value === Number.NEGATIVE_INFINITY) return "-inf";
  return Object.is(value, -0) ? "-0" : undefined;
}

/** A double as `FieldDescriptorProto.default_value` has it. */
export function formatDouble(value: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  const short = formatG(value, 15);
  return Number(short) === value ? short : formatG(value, 17);
}

const MIN_NORMAL_FLOAT = 2 ** -126;

/** A float as `FieldDescriptorProto.default_value` has it. */
export function formatFloat(value: number): string {
  const float = Math.fround(value);
  const special = formatSpecial(float);
  if (special !== undefined) return special;
  // protoc reads a subnormal float back with an error, and then prints all digits.
  const isSubnormal = float !== 0 && Math.abs(float) < MIN_NORMAL_FLOAT;
  const short = formatG(float, 6);
  return Math.fround(Number(short)) === float && !isSubnormal ? short : formatG(float, 9);
}
