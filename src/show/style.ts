/**
 * Colours and layout of all that is shown in a cell.
 *
 * Every output carries them, since a page may hold any one output alone. JupyterLab and nbconvert say by
 * `data-jp-theme-light` which theme is on; elsewhere the reader's system decides. A front end that does not trust the
 * notebook drops `<style>` and `<svg>` but keeps text: then `.il-picture` stays hidden, with the stray words of its
 * drawing, and `.il-twin`, the same facts as text, shows. The selector `.il.il.il` outweighs JupyterLab's own rules for
 * tables and paragraphs.
 *
 * On a phone the name of a row stands above its figures in a table of four columns and more, so that the last of them,
 * Python's, is seen beside ours. Not below a timeline, where names are short, nor where a row's name is a number or all
 * else is words.
 */
const rules = `
[data-jp-theme-light=true] .il{color-scheme:light}[data-jp-theme-light=false] .il{color-scheme:dark}
:where(.il){color-scheme:light dark}
.il.il.il{--il-bg:light-dark(#fff,#15181d);--il-ink:light-dark(#1d2329,#e4e8ec);
--il-soft:light-dark(#59636e,#9aa5b1);--il-line:light-dark(#dfe3e8,#313840);--il-run:light-dark(#1f5fc4,#7fb2ff);
--il-on-run:light-dark(#fff,#0c1420);--il-start-up:light-dark(#7a828c,#8d97a3);--il-queue:light-dark(#9aa3ad,#6d7885);
--il-wait:light-dark(#c2560c,#ff9d5c);--il-reply:light-dark(#12805c,#4fd1a1);--il-other:light-dark(#8a5cc2,#c3a0f0);
--il-fail:light-dark(#b3261e,#ff8a80);
background:var(--il-bg);color:var(--il-ink);max-width:760px;padding:10px 14px;border:1px solid var(--il-line);
border-radius:8px;box-sizing:border-box;container-type:inline-size;font:14px/1.45 system-ui,sans-serif;
figure{margin:8px 0 4px}figcaption{font-size:13px;color:var(--il-soft);margin:0 0 4px}p{margin:6px 0}
svg{display:block;width:100%;height:auto;font:12px system-ui,sans-serif}
.il-picture[hidden]{display:block}.il-narrow[hidden],.il-twin{display:none}.il-scroll{overflow-x:auto}
table{table-layout:auto;border-collapse:collapse;width:100%;margin:4px 0;font-size:13px;color:inherit;border:0}
caption{text-align:left;font-weight:600;font-size:14px;padding:2px 0 4px;color:inherit;caption-side:top}
thead{border-bottom:1px solid var(--il-line)}tr{background:none}tr:after{content:"";display:table-cell;width:99%}
th,td{padding:3px 16px 3px 0;text-align:left;vertical-align:top;background:none;color:inherit;border:0;
font-variant-numeric:tabular-nums;line-height:1.45;white-space:nowrap}
th{font-weight:600}thead th{font-weight:400;color:var(--il-soft);vertical-align:bottom}.il-right{text-align:right}
.il-long{white-space:normal;min-width:min(24em,50cqw)}small{display:block;font-size:12px;color:var(--il-soft)}
progress{width:min(20em,100%)}
@container(max-width:520px){.il-wide{display:none!important}.il-narrow[hidden]{display:block}
table{font-size:12px}th,td{padding-right:8px}small{font-size:11px}thead th{white-space:normal}
.il-long{min-width:44cqw;overflow-wrap:anywhere}
table:has(th:nth-child(4)){tr:after{display:none}td:last-child:not(.il-right){white-space:normal}.il-long{min-width:30cqw}}
table:has(th:nth-child(7)),table:has(th:nth-child(5)):not(:has(tbody tr+tr)){font-size:11px;th,td{padding-right:4px}}
table:has(th:nth-child(4)):has(tbody tr+tr) td:not(.il-right){white-space:normal}
.il-scroll:not(figure~*) table:has(th:nth-child(4)):has(tbody tr+tr):has(td.il-right,th:nth-child(7)):not(:has(th:first-child.il-right)){
th:first-child{max-width:0;min-width:0;padding-right:0;white-space:nowrap}thead th:first-child{font-size:0}
td{padding-top:calc(3px + 1.45em)}}}}`;

export const css = rules.replaceAll('\n', '');
export const style = `<style>${css}</style>`;
