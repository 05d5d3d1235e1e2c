import { type GrammarNode, grammarRefused, parseGbnf } from './parse-gbnf.ts';

/**
 * Refuses a caller's grammar that could keep the native code busy for ever: that one follows all readings of a text at
 * once and can't be interrupted, so one grammar could stop a model for everybody. Allowed is what has a bounded number of
 * readings whatever the text: no rule that contains itself (JSON of any depth has `json_object` and `json_schema`), no
 * repetition of something empty, and a bounded size when all rules are written out. What is wrong otherwise is left to the
 * native parser.
 */
export function vetGbnf(text: string): void {
  const rules = parseGbnf(text);
  const root = rules.get('root');
  if (!root) throw grammarRefused('has no rule named root');
  judge(root, rules);
}

/** Characters of the grammar with all rules written out: as many readings can be open at one time. */
const placesAtMost = 4_000;

interface Judgement {
  places: number;
  /** Ways to be empty: more than one would double the readings each time. */
  waysEmpty: number;
}

function judge(root: GrammarNode, rules: ReadonlyMap<string, GrammarNode>): Judgement {
  const known = new Map<string, Judgement>();
  const open = new Set<string>();

  function bounded(judgement: Judgement): Judgement {
    if (judgement.places > placesAtMost)
      throw grammarRefused(`has more than ${placesAtMost} characters when its rules are written out`);
    if (judgement.waysEmpty > 1) throw grammarRefused('has a part that can be empty in more than one way');
    return judgement;
  }

  function visitRule(name: string): Judgement {
    const before = known.get(name);
    if (before) return before;
    const body = rules.get(name);
    if (!body) throw grammarRefused(`uses a rule ${name.slice(0, 40)} that it does not have`);
    if (open.has(name))
      throw grammarRefused(
        `has a rule ${name.slice(0, 40)} that contains itself; for JSON of any depth use json_object or json_schema`,
      );
    open.add(name);
    const judgement = visit(body);
    open.delete(name);
    known.set(name, judgement);
    return judgement;
  }

  function visit(node: GrammarNode): Judgement {
    switch (node.kind) {
      case 'chars':
        return { places: 1, waysEmpty: 0 };
      case 'rule':
        return visitRule(node.name);
      case 'sequence':
        return bounded(
          node.parts
            .map(visit)
            .reduce((all, part) => ({ places: all.places + part.places, waysEmpty: all.waysEmpty * part.waysEmpty }), {
              places: 0,
              waysEmpty: 1,
            }),
        );
      case 'either':
        return bounded(
          node.options
            .map(visit)
            .reduce((all, option) => ({ places: all.places + option.places, waysEmpty: all.waysEmpty + option.waysEmpty }), {
              places: 0,
              waysEmpty: 0,
            }),
        );
      case 'repeat': {
        const part = visit(node.part);
        if (part.waysEmpty > 0) throw grammarRefused('repeats something that can be empty');
        return bounded({
          places: part.places * (node.most ?? Math.max(node.least + 1, 1)),
          waysEmpty: node.least === 0 || node.most === 0 ? 1 : 0,
        });
      }
    }
  }

  return visit(root);
}
