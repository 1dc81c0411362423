/** `release` of Eclipse Temurin 17.0.11, its modules cut. */
export const temurin = `IMPLEMENTOR="Eclipse Adoptium"
IMPLEMENTOR_VERSION="Temurin-17.0.11+9"
JAVA_RUNTIME_VERSION="17.0.11+9"
JAVA_VERSION="17.0.11"
JAVA_VERSION_DATE="2024-04-16"
LIBC="glibc"
MODULES="java.base java.compiler"
OS_ARCH="x86_64"
OS_NAME="Linux"
SOURCE=""
`;

/** `release` of a build whose maker did not name itself. */
export const nobodys = `IMPLEMENTOR="N/A"
JAVA_RUNTIME_VERSION="25.0.3+9-LTS"
JAVA_VERSION="25.0.3"
`;

/** `release` of Oracle's JDK 8, its sources cut. */
export const oracle8 = `JAVA_VERSION="1.8.0_291"
OS_NAME="Linux"
OS_VERSION="2.6"
OS_ARCH="amd64"
SOURCE=" .:06b604e7edd4 hotspot:7c09263ba3e2"
BUILD_TYPE="commercial"
`;

/** `release` of IBM's build of OpenJDK 11, its modules cut. */
export const ibm11 = `IMPLEMENTOR="IBM Corporation"
IMPLEMENTOR_VERSION="11.0.11.0-IBM"
JAVA_VERSION="11.0.11"
JAVA_VERSION_DATE="2021-04-20"
OS_ARCH="x86_64"
OS_NAME="Linux"
SOURCE="OpenJDK:9110d0b174 OpenJ9:b4cc246d9 OMR:162e6f729"
`;

/** The beginning of `inventory/registry.xml` of WebLogic 12c, as administrators publish it, closed. */
export const weblogic12 = `<?xml version = '1.0' encoding = 'UTF-8' standalone = 'yes'?>
<registry home="/opt/oracle/psft/pt/bea" platform="226" sessions="7" xmlns:ns2="http://xmlns.oracle.com/cie/gdr/dei" xmlns:ns3="http://xmlns.oracle.com/cie/gdr/nfo" xmlns="http://xmlns.oracle.com/cie/gdr/rgy">
   <distributions>
      <distribution status="installed" name="WebLogic Server" version="12.2.1.4.0"/>
      <distribution status="removed" name="WebLogic Server" version="12.2.1.3.0"/>
   </distributions>
   <components>
      <component name="oracle.wls.core.app.server" version="12.2.1.4.0"/>
   </components>
</registry>
`;

/** `registry.xml` of a BEA home with WebLogic 11g, as administrators publish it, cut. */
export const weblogic11 = `<?xml version="1.0" encoding="UTF-8"?>
<bea-product-information>
  <host home="/opt/bea" name="host">
    <product format="1.0" name="WebLogic Platform">
      <release level="10.3" ServicePackLevel="6" PatchLevel="0" Status="installed">
        <component name="WebLogic Server" version="10.3.6.0" InstallDir="/opt/bea/wlserver_10.3">
          <component name="Server"/>
        </component>
      </release>
    </product>
  </host>
</bea-product-information>
`;

/** `lib/versions/WebSphereApplicationServer.properties` of Liberty. */
export const liberty = `com.ibm.websphere.productId=com.ibm.websphere.appserver
com.ibm.websphere.productOwner=IBM
com.ibm.websphere.productVersion=22.0.0.3
com.ibm.websphere.productName=WebSphere Application Server
com.ibm.websphere.productInstallType=Archive
com.ibm.websphere.productEdition=DEVELOPERS
`;

/** `lib/versions/openliberty.properties`. */
export const openLiberty = `#comment
com.ibm.websphere.productId=io.openliberty
com.ibm.websphere.productOwner=IBM
com.ibm.websphere.productVersion=24.0.0.6
com.ibm.websphere.productName=Open Liberty
com.ibm.websphere.productEdition=Open
`;

/** The form of `properties/version/WAS.product` of WebSphere 8.5. */
export const websphere = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE product SYSTEM "product.dtd">
<product name="IBM WebSphere Application Server">
  <id>BASE</id>
  <version>8.5.5.20</version>
  <build-info date="6/7/21" level="cf202123.02"/>
</product>
`;

/** The manifest of the product module of WildFly 26. */
export const wildfly = `Manifest-Version: 1.0
JBoss-Product-Release-Name: WildFly Full
JBoss-Product-Release-Version: 26.1.3.Final

`;

/** `comps.xml` of a home with JRockit (rtzassociates/jrockit), whole. */
export const jrockit = `<?xml version="1.0" standalone="yes" ?>
<!-- Copyright (c) 1999, 2012, Oracle. All rights reserved. -->
<!-- Do not modify the contents of this file by hand. -->
<PRD_LIST>
  <TL_LIST>
    <COMP NAME="oracle.jrockit.jdk" VER="2822.16029.410.0.0" REP_VER="0.0.0.0.0">
      <EXT_NAME>Oracle JRockit JDK R28.2.2 for Java SE 6 with JRMC 4.1 (64-bit)</EXT_NAME>
      <DESC/>
      <DESCID/>
    </COMP>
  </TL_LIST>
  <COMP_LIST/>
  <ONEOFF_LIST/>
</PRD_LIST>
`;

/** The form of `comps.xml` of a home with a database. */
export const database = `<INVENTORY xmlns="urn:oracle"><PRD_LIST><TL_LIST>
  <COMP NAME="oracle.server" VER="19.0.0.0.0" BUILD_TIME="20190417.011331" INSTALL_TIME="2026.Mar.08 14:00:20 UTC"/>
  </TL_LIST>
  <COMP_LIST><COMP NAME="oracle.rdbms" VER="19.0.0.0.0"/></COMP_LIST>
</PRD_LIST></INVENTORY>
`;
