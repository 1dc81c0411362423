let sum = 0;
for (let at = 0; at < 1000; at++) sum += at;
process.send(sum, () => process.disconnect());
