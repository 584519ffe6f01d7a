/**
 * The browser of `make test-pages`: a Chromium that comes as an npm package (Linux on x64), laid out in a folder with the
 * libraries and fonts that a bare machine lacks. Another one is taken where PLUG_CHROMIUM names its program.
 */

import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface Browser {
  program: string;
  /** Environment variables that it needs. */
  env: Record<string, string>;
}

/** What of the package is used here; its own types are there only once it is installed. */
interface Package {
  /** Unpacks an archive into `os.tmpdir()`. */
  inflate(archive: string): Promise<string>;
}

const NODE_MODULES = join(import.meta.dirname, 'node_modules');
const PACKAGE = join(NODE_MODULES, '@sparticuz/chromium');
const ARCHIVES = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'];
/** For the languages that the pages of the check are in. */
const FONTS = [
  'noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf',
  'noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
  'noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
];

async function unpack(dir: string): Promise<void> {
  const { inflate }: Package = await import(join(PACKAGE, 'build/esm/lambdafs.js'));
  await mkdir(dir, { recursive: true });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = dir;
  try {
    for (const archive of ARCHIVES) await inflate(join(PACKAGE, 'bin', archive));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  for (const font of FONTS) {
    await cp(join(NODE_MODULES, '@expo-google-fonts', font), join(dir, 'fonts', basename(font)));
  }
}

const fontsConf = (dir: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${dir}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${dir}/font-cache</cachedir></fontconfig>
`;

/** @param cache folder to unpack into, once for each version of the package */
export async function findBrowser(cache: string): Promise<Browser> {
  if (process.env.PLUG_CHROMIUM) return { program: process.env.PLUG_CHROMIUM, env: {} };
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'));
  const dir = join(cache, `chromium-${version}`);
  if (!existsSync(dir)) {
    const unfinished = `${dir}-${process.pid}`;
    try {
      await unpack(unfinished);
      await writeFile(join(unfinished, 'fonts.conf'), fontsConf(dir));
      await rename(unfinished, dir);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  return {
    program: join(dir, 'chromium'),
    env: { LD_LIBRARY_PATH: join(dir, 'al2023/lib'), FONTCONFIG_FILE: join(dir, 'fonts.conf') },
  };
}
