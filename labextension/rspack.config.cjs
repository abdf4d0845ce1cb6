/** Makes the bundle independent of the folder that it is built in, so that it can be compared. */

module.exports = { optimization: { moduleIds: 'natural' } };
