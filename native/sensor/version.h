#ifndef SEAWALL_VERSION_H
#define SEAWALL_VERSION_H

#define SENSOR_VERSION "0.1.0"

#endif
