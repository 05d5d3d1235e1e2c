const t0=performance.now(); console.log('boot', performance.now().toFixed(0));
const time=async(n)=>{const a=performance.now(); await import(n); console.log(n.replace('/work/main/',''),(performance.now()-a).toFixed(0))};
for (const n of process.argv.slice(2)) await time(n);
console.log('total',performance.now().toFixed(0));
