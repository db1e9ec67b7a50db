/** The contexts of an expression: `steps.dmarc.outputs.day` is a text some objects further in. */
export interface Contexts {
  [name: string]: string | Contexts | undefined;
}

type Value = string | boolean;

/** What status functions go by; a run here is never cancelled. */
export interface Status {
  /** Whether all before it was done. */
  isGood: boolean;
}

/**
 * A text in which each `${{ }}` is evaluated.
 *
 * @throws for what GitHub has in expressions beyond literals, contexts, status functions, `!`, `==`, `!=`, `&&`, `||` and
 *   parentheses (https://docs.github.com/actions/reference/workflows-and-actions/expressions).
 */
export function fillIn(text: string, contexts: Contexts, status: Status = { isGood: true }): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(evaluate(expression, contexts, status)));
}

/** Whether an `if` holds; one without a status function asks that all before it was done. */
export function holds(condition: string | undefined, contexts: Contexts, status: Status): boolean {
  const expression = (condition ?? "success()").replace(/^\s*\$\{\{(.*)\}\}\s*$/, "$1");
  const asksStatus = /\b(always|cancelled|success|failure)\(\)/.test(expression);
  return (asksStatus || status.isGood) && isTrue(evaluate(expression, contexts, status));
}

function evaluate(expression: string, contexts: Contexts, { isGood }: Status): Value {
  const tokens = expression.match(/'(?:[^']|'')*'|[\w-]+(?:\.[\w-]+)*(?:\(\))?|&&|\|\||[!=]=|\S/g) ?? [];
  const functions: Record<string, boolean> = {
    "always()": true,
    "cancelled()": false,
    "success()": isGood,
    "failure()": !isGood,
  };

  function chain(operator: "||" | "&&", next: () => Value): Value {
    let value = next();
    while (tokens[0] === operator) {
      tokens.shift();
      const other = next();
      if (isTrue(value) === (operator === "&&")) value = other;
    }
    return value;
  }

  const either = (): Value => chain("||", () => chain("&&", comparison));

  function comparison(): Value {
    const left = single();
    if (tokens[0] !== "==" && tokens[0] !== "!=") return left;
    const isSame = tokens.shift() === "==";
    // Texts are compared whatever their case is.
    return (String(left).toLowerCase() === String(single()).toLowerCase()) === isSame;
  }

  function single(): Value {
    const token = tokens.shift() ?? "";
    if (token === "!") return !isTrue(single());
    if (token === "(") {
      const value = either();
      if (tokens.shift() !== ")") throw new Error(`A parenthesis is open in ${expression}`);
      return value;
    }
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (token in functions) return functions[token] === true;
    if (!/^[a-z][\w-]*(\.[\w-]+)+$/.test(token)) throw new Error(`${token} in ${expression} is not supported here.`);
    return lookUp(token, contexts);
  }

  const value = either();
  if (tokens.length > 0) throw new Error(`${tokens[0]} in ${expression} is not supported here.`);
  return value;
}

/** What is not there is an empty text. */
function lookUp(path: string, contexts: Contexts): string {
  let at: Contexts[string] = contexts;
  for (const name of path.split(".")) at = typeof at === "object" ? at[name] : undefined;
  return typeof at === "string" ? at : "";
}

function isTrue(value: Value): boolean {
  return value !== false && value !== "";
}
