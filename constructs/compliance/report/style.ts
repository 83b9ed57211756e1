/** Style and script of the page. The content security policy admits exactly these two, by hash. */

export const STYLE = `
:root{color-scheme:light dark;
--paper:#fbfaf8;--panel:#fff;--ink:#1b1f24;--soft:#59626d;--line:#dcd9d2;--faint:#f1efea;--link:#0b5394;
--ok:#0f6b45;--ok-bg:#e4f3eb;--bad:#a8201a;--bad-bg:#fbe6e3;--unk:#7a4d00;--unk-bg:#fff0cf;--dim:#59626d;--dim-bg:#eceae5}
@media (prefers-color-scheme:dark){:root{
--paper:#14171a;--panel:#1b1f23;--ink:#e8e6e1;--soft:#a7afb8;--line:#353b41;--faint:#22272b;--link:#8ec2ff;
--ok:#7fd8ab;--ok-bg:#12352a;--bad:#ffa198;--bad-bg:#4a1916;--unk:#f5c965;--unk-bg:#43320a;--dim:#a7afb8;--dim-bg:#2a3036}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-999rem;top:.5rem;background:var(--panel);padding:.5rem 1rem;z-index:2}
.skip:focus{left:.5rem}
.frame{display:grid;grid-template-columns:12.5rem minmax(0,1fr);gap:0 2.5rem;max-width:84rem;margin:0 auto;padding:0 1.5rem}
header{grid-column:1/-1;padding:1.75rem 0 1rem}
header p{margin:0;color:var(--soft)}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .25rem;letter-spacing:-.01em}
h2{font-size:1.25rem;line-height:1.3;margin:0 0 .25rem;letter-spacing:-.005em}
h3{font-size:1rem;margin:1.5rem 0 .4rem}
h2+p,h3+p{margin-top:0}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:1rem 0;font-size:.875rem}
nav ol{list-style:none;margin:0;padding:0}
nav a{display:flex;justify-content:space-between;gap:.5rem;padding:.28rem .5rem;color:var(--ink);text-decoration:none;border-left:2px solid var(--line)}
nav a:hover{background:var(--faint);border-color:var(--link)}
nav span{color:var(--soft);font-variant-numeric:tabular-nums;white-space:nowrap}
main{min-width:0;padding-bottom:4rem}
main>section{padding:1.75rem 0 0;margin:0 0 1.25rem;border-top:1px solid var(--line)}
main>section:first-child{border:0;padding-top:0}
.lead{color:var(--soft);max-width:46rem;margin:.1rem 0 1rem}
.note{color:var(--soft);font-size:.875rem;max-width:56rem}
.verdict{border:1px solid;border-left-width:.6rem;border-radius:4px;padding:1.1rem 1.4rem 1.2rem;background:var(--panel)}
.verdict h2{font-size:1.75rem;line-height:1.2;margin:0 0 .4rem;display:flex;gap:.6rem}
.verdict ul{margin:.3rem 0 0;padding-left:1.15rem}
.verdict li{margin:.15rem 0}
.verdict.holds{border-color:var(--ok);background:var(--ok-bg)}.verdict.holds h2{color:var(--ok)}
.verdict.broken,.verdict.weaker{border-color:var(--bad);background:var(--bad-bg)}.verdict.broken h2,.verdict.weaker h2{color:var(--bad)}
.verdict.unknown,.verdict.defects{border-color:var(--unk);background:var(--unk-bg)}.verdict.unknown h2,.verdict.defects h2{color:var(--unk)}
.verdict.stronger{border-color:var(--ok);background:var(--ok-bg)}.verdict.stronger h2{color:var(--ok)}
.verdict.nothing,.verdict.neutral{border-color:var(--dim)}
.mark{display:inline-block;white-space:nowrap;font-size:.78rem;font-weight:650;letter-spacing:.02em;line-height:1.35;padding:.05rem .42rem;border-radius:3px;border:1px solid transparent}
.mark.ok{color:var(--ok);background:var(--ok-bg);border-color:var(--ok)}
.mark.bad{color:var(--bad);background:var(--bad-bg);border-color:var(--bad);border-width:2px}
.mark.unk{color:var(--unk);background:var(--unk-bg);border-color:var(--unk);border-style:dashed;border-width:2px}
.mark.dim{color:var(--dim);background:var(--dim-bg)}
.scroll{position:relative;overflow-x:auto;margin:.75rem 0 1rem;max-width:100%}
table{border-collapse:collapse;width:100%;font-size:.875rem;background:var(--panel)}
caption{text-align:left;color:var(--soft);padding:0 0 .35rem;font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.42rem .65rem;border:1px solid var(--line)}
thead th{background:var(--faint);font-weight:600;font-size:.8rem;color:var(--soft)}
tbody th{font-weight:600}
td.num,th.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.cites td:nth-child(2){width:24%}.cites tbody th{white-space:nowrap}
.cites details p{margin:.5rem 0 .1rem}
td ul,td ol{margin:0;padding-left:1.05rem}
code,pre,.id{font-family:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.82em}
code,.id{overflow-wrap:anywhere}
pre{margin:.5rem 0;padding:.65rem .8rem;background:var(--faint);border:1px solid var(--line);border-radius:3px;max-height:26rem;overflow:auto;line-height:1.42;white-space:pre-wrap;overflow-wrap:anywhere}
.cut{font-size:.85rem;color:var(--unk);margin:.25rem 0 .75rem}
details{margin:.35rem 0}
summary{cursor:pointer}
summary:hover{background:var(--faint)}
.cell-list{margin:0}
.cell-list summary{font-size:.85rem;color:var(--link)}
.finding{background:var(--panel);border:1px solid var(--line);border-radius:3px;margin:.3rem 0}
.chunk{content-visibility:auto;contain-intrinsic-size:auto 340rem}
.finding>summary{padding:.45rem .75rem;display:block;overflow-wrap:anywhere}
.finding>summary::before{content:"▸";color:var(--soft);display:inline-block;width:1.1em}
.finding[open]>summary::before{content:"▾"}
.finding>p,.finding>pre,.finding>div{margin:.5rem .9rem .7rem}
div.finding>p{margin:.35rem .75rem}
.finding>div{border-top:1px solid var(--line);padding-top:.4rem;scroll-margin-top:3rem}
.group h4{font-size:.95rem;margin:1.4rem 0 .2rem}
.group .note,.fix{margin:.15rem 0 .4rem;max-width:60rem;font-size:.875rem}
.finding .what{display:block;margin:.1rem 0 0 1.1em}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1rem;margin:.6rem 0;font-size:.9rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.card{background:var(--panel);border:1px solid var(--line);border-radius:4px;padding:.9rem 1.1rem 1rem;margin:.9rem 0}
.card h3{margin:0 0 .5rem;display:flex;flex-wrap:wrap;gap:.35rem .6rem;align-items:baseline}
.card h3 .id{font-weight:400}
.card .urn{margin:-.25rem 0 .5rem;color:var(--soft);font-size:.85rem}
.card h4{font-size:.8rem;color:var(--soft);margin:1rem 0 .25rem}
.card>:last-child{margin-bottom:0}
.witness{border-left:4px solid var(--bad);background:var(--bad-bg);padding:.6rem .9rem;margin:.6rem 0;overflow-wrap:anywhere}
.witness strong{color:var(--bad)}
.doubt{border-left:4px dashed var(--unk);background:var(--unk-bg);padding:.5rem .9rem;margin:.6rem 0}
.doubt strong{color:var(--unk)}
.doubt ul{margin:.25rem 0 0;padding-left:1.15rem}
.picture{display:block;height:auto;max-width:none;font-family:inherit}
.picture .node rect{fill:var(--panel);stroke:var(--soft);stroke-width:1.2}
.picture .node.tee rect{stroke:var(--ok);stroke-width:2.4;fill:var(--ok-bg)}
.picture .node.phi-store rect{stroke-width:2.4}
.picture .node.outside rect{stroke:var(--bad);stroke-dasharray:6 3}
.picture .node.endpoint rect{fill:var(--faint);stroke:var(--line)}
.picture text{fill:var(--ink);font-size:12px;text-anchor:middle}
.picture .name{font-weight:650;font-size:13px}
.picture .purpose{fill:var(--soft);font-size:10.5px}
.picture .line path{fill:none;stroke-width:1.6;stroke:var(--ok)}
.picture .line text{font-size:10.5px;font-weight:600;paint-order:stroke;stroke:var(--paper);stroke-width:4px;fill:var(--ok)}
.picture .line.extra path{stroke:var(--bad);stroke-width:3}.picture .line.extra text{fill:var(--bad)}
.picture .line.unknown path{stroke:var(--unk);stroke-width:2.4;stroke-dasharray:7 4}.picture .line.unknown text{fill:var(--unk)}
.picture .line.missing path{stroke:var(--dim);stroke-dasharray:2 4}.picture .line.missing text{fill:var(--dim)}
.picture .head path{stroke:none}.picture .head.expected path{fill:var(--ok)}.picture .head.extra path{fill:var(--bad)}.picture .head.unknown path{fill:var(--unk)}.picture .head.missing path{fill:var(--dim)}
.matrix td{text-align:center;min-width:4.4rem;white-space:nowrap}
.matrix td.expected{background:var(--ok-bg);color:var(--ok)}
.matrix td.extra{background:var(--bad-bg);color:var(--bad);font-weight:700;outline:2px solid var(--bad);outline-offset:-2px}
.matrix td.unknown{background:var(--unk-bg);color:var(--unk);font-weight:700;outline:2px dashed var(--unk);outline-offset:-2px}
.matrix td.missing{color:var(--dim)}
.matrix td.none{color:var(--soft)}
.matrix thead th{min-width:4.4rem}
.tools{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:end;margin:.75rem 0}
.tools[hidden]{display:none}
.tools label{font-size:.85rem;color:var(--soft);display:block}
input,button{font:inherit;color:var(--ink);background:var(--panel);border:1px solid var(--soft);border-radius:3px;padding:.3rem .6rem}
input{min-width:16rem;max-width:100%}
button{cursor:pointer}
.quiet{color:var(--soft)}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.unsupported td{color:var(--soft)}
.pair td{width:36%}
.changes td:first-child{width:9rem}.changes td{width:20%}.changes tbody th{font-weight:400}
.changes .cite{color:var(--soft);font-size:.92em;display:block;margin-top:.25rem}
footer{grid-column:1/-1;border-top:1px solid var(--line);padding:1rem 0 3rem;color:var(--soft);font-size:.85rem}
@media (max-width:60rem){
.frame{display:block;padding:0 1rem}
nav{position:static;max-height:none;padding:0 0 1rem}
nav ol{display:flex;flex-wrap:wrap;gap:.3rem}
nav a{border:1px solid var(--line);border-radius:3px;padding:.2rem .5rem}
.verdict{padding:.9rem 1rem}.verdict h2{font-size:1.4rem}
dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.4rem}
input{min-width:0;width:100%}}
@media print{
:root{--paper:#fff;--panel:#fff;--ink:#000;--soft:#444;--line:#bbb;--faint:#f4f4f4;--link:#000;--ok:#0f5c3c;--ok-bg:#fff;--bad:#8f1711;--bad-bg:#fff;--unk:#5f3c00;--unk-bg:#fff;--dim:#444;--dim-bg:#fff}
body{font-size:9.5pt}
.frame{display:block;max-width:none;padding:0}
nav,.tools,.skip{display:none}
details::details-content{content-visibility:visible;display:block;height:auto}
.chunk{content-visibility:visible}
pre{max-height:none;font-size:7.5pt}
.scroll{overflow:visible}
table{font-size:8pt}
.picture{max-width:100%}
tr,.card h3,.verdict{break-inside:avoid}
h2,h3{break-after:avoid}
a{text-decoration:none}
thead{display:table-header-group}}
@page{margin:14mm}
`;

/** Filters the findings and opens or closes them all. Without it the page is complete and readable. */
export const SCRIPT = `
(function(){
'use strict';
var tools=document.getElementById('tools');
if(!tools)return;
tools.hidden=false;
var field=document.getElementById('filter'),told=document.getElementById('told');
var all=Array.prototype.slice.call(document.querySelectorAll('#findings .finding'));
var groups=Array.prototype.slice.call(document.querySelectorAll('#findings .group'));
var texts=null;
function apply(){
var words=field.value.toLowerCase().split(/\\s+/).filter(Boolean),shown=0;
texts=texts||all.map(function(one){return (one.dataset.rule+' '+one.firstElementChild.textContent).toLowerCase()});
all.forEach(function(one,index){
var hit=words.every(function(word){return texts[index].indexOf(word)>=0});
one.hidden=!hit;
if(hit)shown++});
groups.forEach(function(group){group.hidden=!group.querySelector('.finding:not([hidden])')});
told.textContent=words.length?shown+' of '+all.length+' shown':''}
var waiting;
field.addEventListener('input',function(){clearTimeout(waiting);waiting=setTimeout(apply,120)});
document.getElementById('open').addEventListener('click',function(){all.forEach(function(one){if(!one.hidden)one.open=true})});
document.getElementById('close').addEventListener('click',function(){all.forEach(function(one){one.open=false})});
})();
`;
