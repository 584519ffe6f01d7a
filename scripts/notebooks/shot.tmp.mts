import { startBrowser } from '../pages/devtools.ts'; import { findBrowser } from '../pages/unpack.ts'; import { resolve } from 'node:path'; import { writeFile } from 'node:fs/promises';
const [url, out, width='1100', height='900', wait='1500', scheme='light', script=''] = process.argv.slice(2);
const d = await startBrowser(await findBrowser(resolve('.cache/pages')));
const {send}=d;
await send('Emulation.setDeviceMetricsOverride',{width:+width,height:+height,deviceScaleFactor:1,mobile:false});
await send('Emulation.setEmulatedMedia',{features:[{name:'prefers-color-scheme',value:scheme}]});
const l=d.next('Page.loadEventFired'); await send('Page.navigate',{url}); await l; await new Promise(r=>setTimeout(r,+wait));
if(script){const r=await send('Runtime.evaluate',{expression:script,awaitPromise:true,returnByValue:true}); console.log(JSON.stringify(r).slice(0,1500)); await new Promise(r=>setTimeout(r,1500));}
const {data}=await send('Page.captureScreenshot',{captureBeyondViewport: height!=='0' && !process.env.VIEW});
await writeFile(out,Buffer.from(data as string,'base64')); await d.close();
